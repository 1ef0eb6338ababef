/** How reports leave the command line: as a table, or streamed as CSV or JSON Lines without being held in memory. */
import { z } from 'zod';
import { type CsvColumn, csvLines, jsonLines } from '../security-info/reports/export.ts';
import type { Answer, GivenArguments, OptionDescription, Terminal } from './command.ts';
import { UsageError } from './failures.ts';

const formats = ['table', 'csv', 'jsonl'] as const;
/** How a report is written. */
export type ReportFormat = (typeof formats)[number];

/** The option of every report. */
export const formatOption: OptionDescription = {
  value: 'format',
  doc: 'table (the default), csv or jsonl: one JSON object a line.',
};

/** Reads `--format`. @throws {UsageError} naming what is right */
export function readFormat({ values, switches }: GivenArguments): ReportFormat {
  const format = formats.find((name) => name === (values['format'] ?? 'table'));
  if (format === undefined) throw new UsageError(`--format is one of ${formats.join(', ')}.`);
  if (format !== 'table' && switches['json'])
    throw new UsageError(`Give --json or --format ${format}, not both.`);
  return format;
}

/** Bytes, roughly, that go out at a time. */
const chunkLength = 65_536;

/** Streams rows to standard output; whoever reads sets the pace. */
export async function writeRows<Row>(
  terminal: Terminal,
  format: Exclude<ReportFormat, 'table'>,
  rows: AsyncIterable<Row>,
  columns: readonly CsvColumn<Row>[],
): Promise<Answer> {
  let waiting = '';
  for await (const line of format === 'csv' ? csvLines(rows, columns) : jsonLines(rows)) {
    waiting += line;
    if (waiting.length < chunkLength) continue;
    await terminal.write(waiting);
    waiting = '';
    if (terminal.signal.aborted) break;
  }
  await terminal.write(waiting);
  const isCut = terminal.signal.aborted;
  if (isCut) terminal.tell('It was stopped: not all is there.');
  return { json: null, text: '', ...(isCut ? { isFailure: true } : {}) };
}

/** Reads an option that is one of some words. @throws {UsageError} naming them */
export function readOneOf<Word extends string>(
  option: string,
  given: string | undefined,
  words: readonly Word[],
): Word | undefined {
  if (given === undefined) return undefined;
  const word = words.find((one) => one === given);
  if (word === undefined) throw new UsageError(`--${option} is one of ${words.join(', ')}.`);
  return word;
}

/** Reads an option that is yes or no. @throws {UsageError} */
export function readYesOrNo(option: string, given: string | undefined): boolean | undefined {
  const word = readOneOf(option, given, ['yes', 'no']);
  return word === undefined ? undefined : word === 'yes';
}

const moment = z.union([z.iso.date(), z.iso.datetime({ offset: true })]);

/** Reads an option that is a day (its beginning, UTC) or a moment (ISO 8601). @throws {UsageError} */
export function readMoment(option: string, given: string | undefined): Date | undefined {
  if (given === undefined) return undefined;
  if (moment.safeParse(given).success) return new Date(given);
  throw new UsageError(
    `--${option} takes a day or a moment in ISO 8601: 2026-05-01 or 2026-05-01T08:00:00Z.`,
  );
}
