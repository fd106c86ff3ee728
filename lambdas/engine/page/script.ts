/**
 * Sorts and searches. Nothing else needs it: without scripts, everything stands on the page as it is. It must hold no characters
 * that `printable` would change, since the page names its hash.
 */
export const SCRIPT = `
const all = (selector, within = document) => [...within.querySelectorAll(selector)];
for (const table of all('table.sortable')) {
  const heads = all('thead th', table);
  const body = table.tBodies[0];
  heads.forEach((head, column) => {
    const button = document.createElement('button');
    button.type = 'button';
    button.append(...head.childNodes);
    head.append(button);
    const value = (row) => row.cells[column].dataset.sort;
    const compare = new Intl.Collator('en', { numeric: true }).compare;
    button.addEventListener('click', () => {
      const way = head.ariaSort === 'ascending' ? 'descending' : 'ascending';
      for (const other of heads) other.ariaSort = null;
      head.ariaSort = way;
      const rows = [...body.rows].sort((a, b) => compare(value(a), value(b)));
      body.append(...(way === 'ascending' ? rows : rows.reverse()));
    });
  });
}
for (const search of all('.search')) {
  const groups = all('details', search.parentElement);
  const unfolded = groups.filter((group) => group.open);
  const rows = all('tbody tr', search.parentElement);
  search.hidden = false;
  search.querySelector('input').addEventListener('input', ({ target }) => {
    const words = target.value.toLowerCase().split(' ').filter(Boolean);
    const fits = (row) => words.every((word) => row.textContent.toLowerCase().includes(word));
    for (const row of rows) row.hidden = !fits(row);
    for (const group of groups) {
      group.hidden = all('tbody tr:not([hidden])', group).length === 0;
      group.open = words.length > 0 || unfolded.includes(group);
    }
    const left = rows.filter((row) => !row.hidden).length;
    search.querySelector('output').textContent = words.length > 0 ? left + ' of ' + rows.length + ' rows' : '';
  });
}
for (const time of all('time')) time.title = new Date(time.dateTime).toLocaleString();
addEventListener('beforeprint', () => all('details').forEach((group) => { group.open = true; }));
`;
