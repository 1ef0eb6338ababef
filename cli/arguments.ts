/** Turns a command line into the arguments of one command; what they mean is each command's. */
import { parseArgs } from 'node:util';
import { z } from 'zod';
import type { Command, GivenArguments } from './command.ts';
import { UsageError } from './failures.ts';

const parsedValue = z.union([z.string(), z.literal(true), z.array(z.string())]);

/** The arguments of a command, and the two options that every command has. */
export interface ParsedLine {
  readonly given: GivenArguments;
  readonly wantsJson: boolean;
  readonly wantsHelp: boolean;
}

/**
 * Reads what follows a command's name.
 * @throws {UsageError} for an unknown option, a missing value, or too few or too many arguments
 */
export function parseLine(command: Command, words: readonly string[]): ParsedLine {
  const { values, positionals } = parse(command, words);
  const wantsHelp = values['help'] === true;
  const given = {
    positionals,
    values: {} as Record<string, string>,
    lists: {} as Record<string, readonly string[]>,
    switches: {} as Record<string, true>,
  };
  for (const [name, raw] of Object.entries(values)) {
    const value = parsedValue.parse(raw);
    if (value === true) given.switches[name] = true;
    else if (typeof value === 'string') given.values[name] = value;
    else given.lists[name] = value;
  }
  if (!wantsHelp) checkNumber(command, positionals.length);
  return { given, wantsHelp, wantsJson: values['json'] === true };
}

function parse(
  command: Command,
  words: readonly string[],
): { readonly values: Readonly<Record<string, unknown>>; readonly positionals: readonly string[] } {
  const options = Object.fromEntries(
    Object.entries({ ...command.options, ...commonOptions }).map(([name, option]) => [
      name,
      {
        type: 'value' in option ? ('string' as const) : ('boolean' as const),
        multiple: 'isRepeatable' in option,
        ...(name === 'help' ? { short: 'h' } : {}),
      },
    ]),
  );
  try {
    return parseArgs({ args: [...words], options, allowPositionals: true, strict: true });
  } catch (error) {
    // node:util's own words name the option; its advice on `--` after the first sentence is of no use here.
    const message = error instanceof Error ? error.message : String(error);
    throw new UsageError(message.split(/(?<=['\w])\. /, 1)[0] ?? message);
  }
}

/** What every command understands. */
export const commonOptions = {
  json: { doc: 'Print the answer, or the error, as JSON.' },
  help: { doc: 'Say what the command does and takes.' },
} as const;

function checkNumber({ argument, name }: Command, count: number): void {
  if (argument === null && count > 0) throw new UsageError(`'${name}' takes no argument but its options.`);
  if (argument === null) return;
  if (argument.isRequired && count === 0) {
    throw new UsageError(`<${argument.name}> is missing: ${argument.doc}`);
  }
  if (!argument.isRepeatable && count > 1) {
    throw new UsageError(
      `'${name}' takes one <${argument.name}>, and was given ${count}. Quote what has spaces.`,
    );
  }
}

/** Reads the whole number of an option. @throws {UsageError} naming the option and its bounds */
export function readWholeNumber(option: string, text: string, minimum: number, maximum: number): number {
  const number = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  if (number >= minimum && number <= maximum) return number;
  throw new UsageError(`--${option} takes a whole number from ${minimum} to ${maximum}.`);
}
