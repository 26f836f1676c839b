"""The summaries for other readers: a workbook, a document, a packet on paper, FHIR resources, tidy tables."""
