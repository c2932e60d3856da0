import type { ListedProvider, PageRow } from '../../../lib/signatures/samples/provider.js';
import { PROVIDERS } from '../../../lib/signatures/samples/providers.js';

export const PAGE = 'lib/signatures/README.md';

/** What writes the table. */
export const COMMAND = 'npm run senders:table';

const START = `<!-- The table of senders: change a sender's sample, and run \`${COMMAND}\`. -->\n\n`;
const END = '\n\n<!-- The end of the table of senders. -->';

const HEAD = [
  'scheme',
  'signature in',
  'event id; type',
  'handshake',
  "the sender's document",
] as const;

/** Functions for any sender, which have no sample. */
const GENERAL: Readonly<Record<string, PageRow>> = {
  credential: {
    call: '`credential({ … })`',
    signature: 'a header of your choice ²',
    id: 'by header or path',
    handshake: 'by option',
    document: 'below',
  },
  hmac: {
    call: '`hmac({ … })`',
    signature: 'by option',
    id: 'by header or path',
    handshake: 'by option',
    document: 'below',
  },
};

const OWN_CLASS = [
  'your own class',
  'as it says',
  'as it says',
  'as it says',
  'implement `SignatureScheme` and pass the class; Nest creates it',
];

/** The functions that have a row, in its order. */
export function rows(): [string, PageRow][] {
  const listed = Object.entries<ListedProvider>(PROVIDERS).map(
    ([name, { page }]): [string, PageRow] => [name, page],
  );
  return [...listed, ...Object.entries(GENERAL)].toSorted(([one], [other]) =>
    one < other ? -1 : 1,
  );
}

/** The page with the table that follows from the senders' samples. */
export function withTable(page: string): string {
  const start = page.indexOf(START);
  const end = page.indexOf(END);
  if (start < 0 || end < start) throw new Error(`${PAGE} has lost the marks of the table`);
  return page.slice(0, start + START.length) + table() + page.slice(end);
}

function table(): string {
  const cells = [HEAD, ...rows().map(([, row]) => cellsOf(row)), OWN_CLASS];
  const widths = HEAD.map((_, column) => Math.max(...cells.map((row) => lengthOf(row[column]))));
  const line = (row: readonly string[], fill = ' '): string => {
    const padded = row.map((cell, at) => cell + fill.repeat((widths[at] ?? 0) - lengthOf(cell)));
    return `| ${padded.join(' | ')} |`;
  };
  const [head = HEAD, ...body] = cells;
  const rule = line(
    HEAD.map(() => ''),
    '-',
  );
  return [line(head), rule, ...body.map((row) => line(row))].join('\n');
}

function cellsOf(row: PageRow): string[] {
  const { call, signature, id, type, handshake = 'none', batch, document } = row;
  return [call, signature, joined(id, type), joined(handshake, batch), document];
}

function joined(...parts: readonly (string | undefined)[]): string {
  return parts.filter((part) => part !== undefined).join('; ');
}

/** In characters, as Prettier counts them. */
function lengthOf(text = ''): number {
  return [...text].length;
}
