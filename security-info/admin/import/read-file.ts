/** Reads a list of people as it comes in: text, header and rows with their lines, bounded whatever comes. */
import { pipeline, Readable } from 'node:stream';
import { CsvError, parse } from 'csv-parse';
import { z } from 'zod';
import { InvalidImportFile } from '../../errors.ts';
import { type ImportColumn, importColumns } from './columns.ts';
import { unguardCell } from './csv-cell.ts';
import { problemAt } from './import-problem.ts';

/** How much a file may hold. */
export interface FileLimits {
  readonly bytes: number;
  readonly rows: number;
}

/** The limits unless told otherwise. */
export const fileLimits: FileLimits = { bytes: 256 * 1024 * 1024, rows: 250_000 };

/** Characters of one row: a quote that is never closed, or a line without an end, stops here. */
const longestRow = 32_768;

/** A row of the file. */
export interface FileRow {
  /** The line on which it begins, from 1. */
  readonly line: number;
  /** Trimmed, in the order of the columns; as many as there are. */
  readonly cells: readonly string[];
}

/** A file whose header was read. */
export interface ImportFile {
  readonly columns: readonly ImportColumn[];
  /** @throws {InvalidImportFile} while it is read, where the rest cannot be */
  readonly rows: AsyncIterable<FileRow>;
}

function refuse(
  line: number | null,
  code: string,
  values?: Readonly<Record<string, number | string>>,
): never {
  throw new InvalidImportFile([problemAt(line, null, values === undefined ? { code } : { code, values })]);
}

/**
 * Reads the header.
 * @throws {InvalidImportFile} `invalid_import_file`, when it is no list of people
 */
export async function readImportFile(
  source: AsyncIterable<Uint8Array>,
  limits: FileLimits = fileLimits,
): Promise<ImportFile> {
  const rows = readRows(source, limits);
  const first = await rows.next();
  if (first.done) return refuse(null, 'no_header');
  try {
    return { columns: readHeader(first.value), rows };
  } catch (error) {
    await rows.return(undefined);
    throw error;
  }
}

/** Names what is wrong by its place: a file without a header has a person there. */
function readHeader({ line, cells }: FileRow): readonly ImportColumn[] {
  const found = cells.map((cell) => importColumns.find((name) => name.toLowerCase() === cell.toLowerCase()));
  const unknown = found.flatMap((name, place) =>
    name === undefined
      ? [problemAt(line, null, { code: 'unknown_column', values: { number: place + 1 } })]
      : [],
  );
  if (unknown.length > 0) throw new InvalidImportFile(unknown.slice(0, importColumns.length));
  const columns = found.filter((name) => name !== undefined);
  const twice = columns.find((name, place) => columns.indexOf(name) !== place);
  if (twice !== undefined) throw new InvalidImportFile([problemAt(line, twice, { code: 'column_twice' })]);
  if (!columns.includes('user')) refuse(line, 'user_column_missing');
  return columns;
}

/** Its line first, then the cells. */
const parsedRow = z.tuple([z.coerce.number()], z.string());

async function* readRows(
  source: AsyncIterable<Uint8Array>,
  limits: FileLimits,
): AsyncGenerator<FileRow, void, undefined> {
  const text = textOf(source, limits.bytes);
  const start = await readFirstLine(text);
  let next = 1;
  const parser = parse({
    delimiter: delimiterOf(start),
    record_delimiter: ['\r\n', '\n', '\r'],
    relax_column_count: true,
    max_record_size: longestRow,
    // Counted here, for rows that wait to be read are lost to an error behind them. The parser's own count takes a line
    // break of Windows within quotes for two.
    on_record: (cells) => {
      const line = next;
      next += 1 + cells.reduce((sum, cell) => sum + lineBreaksIn(cell), 0);
      return [String(line), ...cells];
    },
  });
  // What goes wrong in the text comes out of the parser, which the pipeline ends with it.
  pipeline(Readable.from(following(start, text)), parser, () => undefined);
  let rows = 0;
  try {
    for await (const parsed of parser) {
      const [line, ...cells] = parsedRow.parse(parsed);
      const row = { line, cells: cells.map((cell) => unguardCell(cell).trim()) };
      if (row.cells.every((cell) => cell === '')) continue;
      rows += 1;
      if (rows > limits.rows + 1) refuse(line, 'too_many_rows', { maximum: limits.rows });
      yield row;
    }
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    if (error.code === 'CSV_MAX_RECORD_SIZE') refuse(next, 'row_too_long', { maximum: longestRow });
    refuse(next, 'bad_quotes');
  }
}

function lineBreaksIn(cell: string): number {
  return /[\r\n]/.test(cell) ? (cell.match(/\r\n|\r|\n/g)?.length ?? 0) : 0;
}

/** Decodes line by line, so that what is no UTF-8 is told with its line. A byte order mark is dropped. */
async function* textOf(source: AsyncIterable<Uint8Array>, maximumBytes: number): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let bytes = 0;
  let line = 1;
  const decode = (piece?: Uint8Array): string => {
    try {
      return piece === undefined ? decoder.decode() : decoder.decode(piece, { stream: true });
    } catch {
      return refuse(line, 'not_utf8');
    }
  };
  for await (const chunk of source) {
    bytes += chunk.byteLength;
    if (bytes > maximumBytes)
      refuse(null, 'file_too_large', { megabytes: Math.floor(maximumBytes / 1_048_576) });
    const pieces: string[] = [];
    for (let from = 0; from < chunk.byteLength; ) {
      const end = chunk.indexOf(0x0a, from) + 1 || chunk.byteLength;
      const piece = decode(chunk.subarray(from, end));
      if (piece.includes('\0')) refuse(line, 'not_text');
      if (piece.endsWith('\n')) line += 1;
      pieces.push(piece);
      from = end;
    }
    yield pieces.join('');
  }
  yield decode();
}

async function readFirstLine(text: AsyncGenerator<string>): Promise<string> {
  let start = '';
  while (!/[\r\n]/.test(start) && start.length <= longestRow) {
    const next = await text.next();
    if (next.done) break;
    start += next.value;
  }
  return start;
}

/** Spreadsheets write semicolons where the comma is the decimal sign. */
function delimiterOf(start: string): string {
  const [header = ''] = start.split(/[\r\n]/, 1);
  return [',', ';', '\t'].find((delimiter) => header.includes(delimiter)) ?? ',';
}

async function* following(start: string, text: AsyncGenerator<string>): AsyncGenerator<string> {
  yield start;
  yield* text;
}
