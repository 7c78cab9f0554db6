// Keys that mean something on the whole page, where nothing in focus has a use for them itself: a field, a
// slider, a map or a row of buttons.
const USED = 'input, textarea, select, [contenteditable="true"], [role="slider"], [role="grid"], ' +
  '[role="radiogroup"], [role="tablist"], [role="listbox"], [role="menu"], [role="combobox"], [role="application"]'

export default function ({ data, setTriggerValue }) {
  const heard = (event) => {
    if (!data[0].includes(event.key) || event.defaultPrevented) return
    if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey || event.repeat) return
    const used = event.composedPath().some((node) => node instanceof Element && node.matches(USED))
    if (!used) setTriggerValue('pressed', event.key)
  }
  const count = (change) => {
    const listening = document.documentElement.dataset
    listening.keys = Number(listening.keys || 0) + change
  }
  document.addEventListener('keydown', heard)
  count(1)
  return () => {
    document.removeEventListener('keydown', heard)
    count(-1)
  }
}
