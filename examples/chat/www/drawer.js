/*
 * The lists of rooms and people, which narrow screens show as a drawer.
 */

import { $ } from "./dom.js";

/* The same width as in chat.css. */
export const phone = matchMedia("(max-width: 760px)");

/* What cannot be seen must not take the focus. */
export function setDrawer(open) {
  const shown = open && phone.matches;

  document.documentElement.classList.toggle("drawer", shown);
  $("drawer-open").setAttribute("aria-expanded", String(shown));
  $("drawer").inert = phone.matches && !shown;
  $("room").inert = shown;
}

/* Shows the lists on a phone. */
export function openDrawer() {
  setDrawer(true);
  $("drawer-close").focus();
}

/* Hides them again. */
export function closeDrawer() {
  const had = document.documentElement.classList.contains("drawer");

  setDrawer(false);
  if (had)
    $("drawer-open").focus();
}
