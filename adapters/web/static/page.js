// What only a browser can do for the page: light and dark, the drawer on a phone, the address, the focus.
(() => {
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const narrow = matchMedia("(max-width: 860px)");

  const show = () => {
    const chosen = localStorage.getItem("tertulia-theme");
    const on = chosen ? chosen === "dark" : dark.matches;
    document.documentElement.dataset.theme = on ? "dark" : "light";
    document.getElementById("nicegui-color-scheme")?.setAttribute("content", on ? "dark" : "light");
    window.Quasar?.Dark?.set?.(on);
  };

  const drawer = (open) => {
    const rail = document.getElementById("rail");
    if (!rail) return;
    const was = document.body.classList.contains("has-drawer");
    document.body.classList.toggle("has-drawer", open);
    rail.inert = narrow.matches && !open;
    if (open) (rail.querySelector("[aria-current]") || rail.querySelector("button")).focus();
    else if (was) document.querySelector(".top-menu")?.focus();
  };

  const seek = () => {
    const message = document.querySelector(".message.is-sought");
    message?.scrollIntoView({ block: "center" });
    message?.focus({ preventScroll: true });
  };

  window.tertulia = {
    theme() {
      const now = document.documentElement.dataset.theme;
      localStorage.setItem("tertulia-theme", now === "dark" ? "light" : "dark");
      show();
    },
    drawer,
    looked(query, thread, sought) {
      const kept = new URLSearchParams(query);
      history.replaceState(null, "", "?" + kept);
      const was = document.body.classList.contains("has-thread");
      document.body.classList.toggle("has-thread", thread);
      if (sought) setTimeout(seek, 50);
      else if (thread) setTimeout(() => document.querySelector(".thread textarea")?.focus(), 50);
      else if (was) document.querySelector(".talk textarea")?.focus();
    },
    focusFirst(form) {
      setTimeout(() => document.querySelector(`#${form} .dialog-body :is(input, textarea):not([type=hidden])`)?.focus(), 80);
    },
    focusError(form) {
      setTimeout(() => document.querySelector(`#${form} .has-error :is(input, textarea, [role=radio])`)?.focus(), 80);
    },
  };

  // Arrow keys go from message to message; only the tools of the one in focus are in the way of the Tab key.
  const reach = (event, tabindex) => {
    const message = event.target.closest?.(".message");
    message?.querySelectorAll(".message-tools button").forEach((tool) => tool.setAttribute("tabindex", tabindex));
  };
  const step = (event) => {
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
  document.addEventListener("focusin", (event) => reach(event, "0"));
  document.addEventListener("focusout", (event) => reach(event, "-1"));
  document.addEventListener("keydown", step);

  show();
  dark.addEventListener("change", show);
  narrow.addEventListener("change", () => drawer(false));
  document.addEventListener("DOMContentLoaded", () => setTimeout(show, 300));
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && document.body.classList.contains("has-drawer")) drawer(false);
  });
})();
