/*
 * Small helpers that build the page. Whatever a person wrote enters the
 * document as text nodes only; nothing here, nor in the other files, parses
 * it as HTML.
 */

const LINK = /https?:\/\/[^\s<>"']+/gi;

/* The element with this id. */
export function $(id) {
  return document.getElementById(id);
}

/* A new element; children are nodes or strings. */
export function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);

  for (const [name, value] of Object.entries(attributes))
    if (value !== null && value !== undefined)
      node.setAttribute(name, value);
  node.append(...children);
  return node;
}

/* A stable hue from a name; chat.css turns it into a readable colour. */
export function tint(node, name) {
  let hash = 2166136261;

  for (const char of name)
    hash = Math.imul(hash ^ char.codePointAt(0), 16777619);
  node.style.setProperty("--hue", ((hash >>> 8) * 137.508) % 360);
  node.classList.add("tinted");
  return node;
}

/* Shows the first letter of a name as a picture of the person. */
export function avatar(node, name) {
  node.textContent = [...name][0]?.toUpperCase() ?? "?";
  return tint(node, name);
}

/* Where a link found in running text really ends. */
function linkEnd(url) {
  let end = url.replace(/[.,;:!?*_~]+$/, "");

  while (end.endsWith(")") &&
      end.split(")").length > end.split("(").length)
    end = end.slice(0, -1).replace(/[.,;:!?]+$/, "");
  return end;
}

/* Whether the browser makes sense of it. */
function isAddress(url) {
  try {
    return Boolean(new URL(url).hostname);
  } catch {
    return false;
  }
}

/* Text as nodes, with its web addresses as links. */
export function linked(text) {
  const nodes = [];
  let at = 0;

  for (const match of text.matchAll(LINK)) {
    const url = linkEnd(match[0]);

    if (!isAddress(url))
      continue;
    nodes.push(text.slice(at, match.index), el("a", {
      href: url, target: "_blank", rel: "noopener noreferrer nofollow",
    }, url));
    at = match.index + url.length;
  }
  nodes.push(text.slice(at));
  return nodes.filter((node) => node !== "");
}

/*
 * Makes the children of list match the keys, in order. Items that stay are
 * kept, so that the keyboard focus on one of them survives an update.
 */
export function syncList(list, keys, create, update) {
  const have = new Map([...list.children].map((li) => [li.dataset.key, li]));
  let before = list.firstChild;

  for (const key of keys) {
    let li = have.get(key);

    have.delete(key);
    if (!li) {
      li = el("li", { "data-key": key });
      li.append(...create(key));
    }
    update(li, key);
    if (li === before)
      before = before.nextSibling;
    else
      list.insertBefore(li, before);
  }
  for (const li of have.values())
    li.remove();
}

/* What the browser remembers, or null; storage may be switched off. */
export function recall(key) {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

/* Lets the browser remember a value, if it will. */
export function remember(key, value) {
  try {
    localStorage.setItem(key, value);
  } catch {
    /* Nothing is lost but convenience. */
  }
}
