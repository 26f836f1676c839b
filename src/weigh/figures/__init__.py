"""Deterministic SVG figures, each with a text alternative generated from the same data.

The effect direction plot is drawn from a summary; the others are drawn from their own rows, independently of the source
of the numbers.
"""

from weigh.figures.direction import effect_direction, time_label
from weigh.figures.drawing import Drawing
from weigh.figures.evidence_map import MapCell, evidence_map
from weigh.figures.forest import ForestRow, forest
from weigh.figures.harvest import HarvestBar, HarvestRow, harvest
from weigh.figures.traffic import TrafficCell, TrafficRow, traffic_light

__all__ = [
    "Drawing",
    "ForestRow",
    "HarvestBar",
    "HarvestRow",
    "MapCell",
    "TrafficCell",
    "TrafficRow",
    "effect_direction",
    "evidence_map",
    "forest",
    "harvest",
    "time_label",
    "traffic_light",
]
