// What only the browser can do for the local page: the drawer on a phone, the address, the focus, arrow keys.
(() => {
  const narrow = matchMedia("(max-width: 860px)");

  const drawer = (open) => {
    const rail = document.getElementById("rail");
    if (!rail) return;
    const wasOpen = document.body.classList.contains("has-drawer");
    document.body.classList.toggle("has-drawer", open);
    rail.inert = narrow.matches && !open;
    if (open) (rail.querySelector("[aria-current]") || rail.querySelector("button")).focus();
    else if (wasOpen) document.querySelector(".top-menu")?.focus();
  };

  const showHighlighted = () => {
    const message = document.querySelector(".message.is-highlighted");
    message?.scrollIntoView({ block: "center" });
    message?.focus({ preventScroll: true });
  };

  // Called by page.py: the query of the address, whether a thread is open, whether a message is highlighted.
  const placeChanged = (query, thread, highlighted) => {
    history.replaceState(null, "", "?" + new URLSearchParams(query));
    const hadThread = document.body.classList.contains("has-thread");
    document.body.classList.toggle("has-thread", thread);
    if (highlighted) setTimeout(showHighlighted, 50);
    else if (thread) setTimeout(() => document.querySelector(".thread textarea")?.focus(), 50);
    else if (hadThread) document.querySelector(".talk textarea")?.focus();
  };

  Object.assign(window.tertulia, { drawer, placeChanged });

  // Arrow keys move from message to message; only the tools of the focused one are in the tab order.
  const setTabOrder = (event, tabindex) => {
    const message = event.target.closest?.(".message");
    message?.querySelectorAll(".message-tools button").forEach((tool) => tool.setAttribute("tabindex", tabindex));
  };
  const moveFocus = (event) => {
    const by = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    const stream = event.target.closest?.(".stream");
    if (!by || !stream || event.target.closest("input, textarea, .q-menu")) return;
    const messages = [...stream.querySelectorAll(".message")];
    const here = messages.indexOf(event.target.closest(".message"));
    const next = messages[here < 0 ? messages.length - 1 : here + by];
    if (!next) return;
    event.preventDefault();
    next.focus();
    next.scrollIntoView({ block: "nearest" });
  };
  document.addEventListener("focusin", (event) => setTabOrder(event, "0"));
  document.addEventListener("focusout", (event) => setTabOrder(event, "-1"));
  document.addEventListener("keydown", moveFocus);
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && document.body.classList.contains("has-drawer")) drawer(false);
  });
  narrow.addEventListener("change", () => drawer(false));
})();
