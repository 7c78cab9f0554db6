// A figure as the server drew it. Redrawn in place, and only where something has changed.
export default function ({ data, parentElement: root }) {
  const place = root.querySelector('.inline')
  if (place.drawn === data[0]) return
  place.innerHTML = data[0]
  place.drawn = data[0]
}
