(function () {
  "use strict";

  var box = document.querySelector(".find-box");
  var words = document.getElementById("words");
  var found = document.getElementById("found");
  var entries = Array.from(document.querySelectorAll("[data-entry]"));
  var groups = Array.from(document.querySelectorAll(".group"));
  var tiles = Array.from(document.querySelectorAll("a[data-verdict]"));
  var texts = entries.map(function (entry) {
    return plain(entry.textContent + " " + entry.dataset.words);
  });
  var verdict = "";

  function plain(text) {
    return text.toLowerCase().normalize("NFD").replace(/[\u0300-\u036f]/g, "");
  }

  function counted(count, one, many) {
    return count + " " + (count === 1 ? one : many);
  }

  function show() {
    var wanted = plain(words.value).split(/\s+/).filter(Boolean);
    var conclusions = 0;
    var studies = 0;
    entries.forEach(function (entry, at) {
      var holds = wanted.every(function (word) {
        return texts[at].includes(word);
      });
      var fits = holds && (!verdict || entry.dataset.verdict === verdict);
      entry.hidden = !fits;
      if (fits && entry.dataset.verdict) {
        conclusions += 1;
      } else if (fits) {
        studies += 1;
      }
    });
    groups.forEach(function (group) {
      group.hidden = !group.querySelector("[data-entry]:not([hidden])");
    });
    tiles.forEach(function (tile) {
      tile.setAttribute("aria-pressed", String(tile.dataset.verdict === verdict));
    });
    found.textContent = wanted.length || verdict
      ? counted(conclusions, "conclusion", "conclusions") + ", " + counted(studies, "study", "studies")
      : "";
  }

  tiles.forEach(function (tile) {
    tile.setAttribute("role", "button");
    tile.addEventListener("click", function (event) {
      event.preventDefault();
      verdict = verdict === tile.dataset.verdict ? "" : tile.dataset.verdict;
      show();
    });
    tile.addEventListener("keydown", function (event) {
      if (event.key === " ") {
        event.preventDefault();
        tile.click();
      }
    });
  });
  words.addEventListener("input", show);
  box.hidden = false;
  show();
})();
