(() => {
  "use strict";

  // Commands to copy.
  for (const button of document.querySelectorAll("button.copy")) {
    const code = button.parentElement.querySelector("code");
    button.hidden = false;
    button.addEventListener("click", async () => {
      let done = false;
      try {
        await navigator.clipboard.writeText(code.textContent);
        done = true;
      } catch {
        // Without the right to write there, what is to be copied is selected.
        getSelection().selectAllChildren(code);
        done = document.execCommand("copy");
      }
      button.textContent = done ? "Copied" : "Selected";
      setTimeout(() => { button.textContent = "Copy"; }, 2000);
    });
  }

  // A link into a part that is folded opens it.
  const openTarget = () => {
    const target = location.hash.length > 1 && document.getElementById(location.hash.slice(1));
    if (target) target.querySelector(":scope > details")?.setAttribute("open", "");
  };
  addEventListener("hashchange", openTarget);
  openTarget();

  // Timelines.
  for (const timeline of document.querySelectorAll(".timeline")) {
    const data = JSON.parse(document.getElementById(timeline.id + "-data").textContent);
    const steps = [...timeline.querySelectorAll(".steps > li")];
    const list = timeline.querySelector(".steps");
    const range = timeline.querySelector("input");
    const now = timeline.querySelector(".now");
    const place = timeline.querySelector("output");
    const drawing = timeline.querySelector(".drawing");
    const cursor = timeline.querySelector(".cursor");
    const rows = [...timeline.querySelectorAll(".holds tbody tr")];
    let current = -1;

    const show = (wanted, isFirst) => {
      const step = Math.min(Math.max(wanted, 0), steps.length - 1);
      if (step === current) return;
      if (current >= 0) {
        steps[current].classList.remove("here");
        steps[current].removeAttribute("aria-current");
      }
      current = step;
      const item = steps[step];
      item.classList.add("here");
      item.setAttribute("aria-current", "step");
      list.scrollTop = item.offsetTop - list.clientHeight / 2;
      range.value = step + 1;
      range.setAttribute("aria-valuetext", item.textContent.trim());
      place.textContent = `${step + 1} / ${steps.length}`;
      if (!isFirst) {
        now.replaceChildren(...[...item.childNodes].map((node) => node.cloneNode(true)));
      }
      const x = data.cursor[step];
      cursor.setAttribute("transform", `translate(${x} 0)`);
      const names = drawing.querySelector(".names").offsetWidth;
      const room = drawing.clientWidth - names;
      if (isFirst || x < drawing.scrollLeft + 40 || x > drawing.scrollLeft + room - 60) {
        drawing.scrollLeft = x - room * (isFirst ? 0.6 : 0.5);
      }
      const held = new Map();
      for (const holding of data.holdings) {
        if (holding.first <= step && step < holding.end) held.set(holding.place, holding);
      }
      rows.forEach((row, index) => {
        const holding = held.get(index);
        row.classList.toggle("stale", holding?.stale ?? false);
        row.cells[1].textContent = holding?.text ?? "not known";
        row.cells[2].textContent = holding?.evidence ?? "";
      });
    };

    timeline.querySelector(".player").hidden = false;
    list.classList.add("live");
    timeline.querySelector(".step-back").addEventListener("click", () => show(current - 1));
    timeline.querySelector(".step-on").addEventListener("click", () => show(current + 1));
    range.addEventListener("input", () => show(range.valueAsNumber - 1));
    steps.forEach((item, index) => item.addEventListener("click", () => show(index)));
    const keys = {
      ArrowLeft: () => current - 1, ArrowRight: () => current + 1, Home: () => 0, End: () => steps.length - 1,
    };
    for (const part of [drawing, list]) {
      part.addEventListener("keydown", (event) => {
        const next = keys[event.key];
        if (!next || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
        event.preventDefault();
        show(next());
      });
    }
    drawing.querySelector("svg").addEventListener("click", (event) => {
      const x = event.clientX - event.currentTarget.getBoundingClientRect().left;
      let nearest = 0;
      data.cursor.forEach((at, index) => {
        if (Math.abs(at - x) < Math.abs(data.cursor[nearest] - x)) nearest = index;
      });
      show(nearest);
    });
    show(Number(timeline.dataset.start), true);
  }
})();
