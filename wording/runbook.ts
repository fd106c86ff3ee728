/** Where a section of the runbook is. @param runbook  its address; undefined: the file of the repository */
export function formatRunbook(section: string, runbook: string | undefined): string {
  return runbook === undefined ? `docs/runbook.md, section "${section}"` : `${runbook}#${anchorOf(section)}`;
}

/** As GitHub, and the site, make it of a heading. */
function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^\w -]/g, '')
    .replaceAll(' ', '-');
}
