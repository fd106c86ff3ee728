/** A cell of a table on the page. All fields are set, since Mustache looks for a missing one in what is around. */
export interface Cell {
  readonly text: string;
  /** What the column is called, for small screens, which show no heading. */
  readonly label: string;
  /** Sorts by this instead of the text. */
  readonly sort: string;
  readonly style: string;
  /** Shares of a bar in per cent, or false. */
  readonly bar: Bar | false;
  /** Names the row. */
  readonly isHead: boolean;
}

export interface Bar {
  readonly copied: string;
  readonly deleted: string;
}

export interface Table {
  readonly caption: string;
  readonly headings: readonly { readonly heading: string; readonly style: string }[];
  readonly rows: readonly { readonly cells: readonly Cell[] }[];
  readonly isSortable: boolean;
}

/** A column: its heading, and how its cells are shown. */
export interface Column<Row> {
  readonly heading: string;
  readonly text: (row: Row) => string;
  /** Numbers stand at the right and are sorted by value. */
  readonly number?: (row: Row) => number;
  readonly isKey?: boolean;
  readonly bar?: (row: Row) => Bar;
}

export function makeTable<Row>(
  caption: string,
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  isSortable = false,
): Table {
  const styleOf = ({ number, isKey }: Column<Row>) => (number ? 'number' : isKey ? 'key' : '');
  return {
    caption,
    headings: columns.map((column) => ({ heading: column.heading, style: styleOf(column) })),
    rows: rows.map((row) => ({
      cells: columns.map((column, index) => ({
        text: column.text(row),
        label: column.heading,
        sort: column.number ? String(column.number(row)) : column.text(row),
        style: styleOf(column),
        bar: column.bar?.(row) ?? false,
        isHead: index === 0,
      })),
    })),
    isSortable: isSortable && rows.length > 1,
  };
}
