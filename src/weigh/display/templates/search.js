(function () {
  "use strict";
  var box = document.querySelector(".find-box"), words = document.getElementById("words"), found = document.getElementById("found");
  var entries = Array.from(document.querySelectorAll("[data-entry]")), tiles = Array.from(document.querySelectorAll("a[data-verdict]"));
  var plain = function (text) { return text.toLowerCase().normalize("NFD").replace(/[\u0300-\u036f]/g, ""); };
  var texts = entries.map(function (entry) { return plain(entry.textContent + " " + entry.dataset.words); });
  var verdict = "";
  function show() {
    var wanted = plain(words.value).split(/\s+/).filter(Boolean), conclusions = 0, studies = 0;
    entries.forEach(function (entry, at) {
      var fits = wanted.every(function (word) { return texts[at].includes(word); }) && (!verdict || entry.dataset.verdict === verdict);
      entry.hidden = !fits;
      if (fits) { if (entry.dataset.verdict) { conclusions += 1; } else { studies += 1; } }
    });
    document.querySelectorAll(".group").forEach(function (group) { group.hidden = !group.querySelector("[data-entry]:not([hidden])"); });
    tiles.forEach(function (tile) { tile.setAttribute("aria-pressed", String(tile.dataset.verdict === verdict)); });
    found.textContent = wanted.length || verdict ? conclusions + (conclusions === 1 ? " conclusion, " : " conclusions, ") + studies + (studies === 1 ? " study" : " studies") : "";
  }
  tiles.forEach(function (tile) {
    tile.setAttribute("role", "button");
    tile.addEventListener("click", function (event) { event.preventDefault(); verdict = verdict === tile.dataset.verdict ? "" : tile.dataset.verdict; show(); });
    tile.addEventListener("keydown", function (event) { if (event.key === " ") { event.preventDefault(); tile.click(); } });
  });
  words.addEventListener("input", show);
  box.hidden = false;
  show();
})();
