// The arrow keys, where nothing on the page has a use for them: a field, a slider, a map or a row of buttons.
const USED = 'input, textarea, select, [contenteditable="true"], [role="slider"], [role="grid"], ' +
  '[role="radiogroup"], [role="tablist"], [role="listbox"], [role="menu"], [role="combobox"], [role="application"]'
const SAID = { ArrowLeft: 'left', ArrowRight: 'right' }

export default function ({ setTriggerValue }) {
  const heard = (event) => {
    const said = SAID[event.key]
    if (!said || event.defaultPrevented || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return
    const used = event.composedPath().some((node) => node instanceof Element && node.matches(USED))
    if (!used) setTriggerValue('pressed', said)
  }
  document.addEventListener('keydown', heard)
  return () => document.removeEventListener('keydown', heard)
}
