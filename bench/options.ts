/** What `npm run bench` is told on its command line. */
import { parseArgs } from 'node:util';

/** How a measurement is to run. */
export interface BenchOptions {
  /** Numbers of accounts, ascending; null where the measurement's own are meant. */
  readonly sizes: readonly number[] | null;
  /** Where the JSON goes; null: `bench/results/NAME.json`. */
  readonly jsonPath: string | null;
}

/** What was asked for. */
export interface BenchCommand extends BenchOptions {
  /** Names of measurements; empty: all. */
  readonly names: readonly string[];
}

/** A number of accounts as it is written: 10k, 1m, 250000. */
function sizeOf(written: string): number {
  const [, digits, unit] = /^(\d+)(k|m)?$/i.exec(written.trim()) ?? [];
  if (digits === undefined) throw new RangeError(`'${written}' is no number of accounts (10k, 1m, 250000)`);
  const factor = { k: 1_000, m: 1_000_000 }[unit?.toLowerCase() ?? ''] ?? 1;
  return Number(digits) * factor;
}

/** A number of accounts as a person reads it. */
export function sizeWords(size: number): string {
  if (size % 1_000_000 === 0) return `${size / 1_000_000} M`;
  return size % 1_000 === 0 ? `${size / 1_000} k` : String(size);
}

/**
 * Reads `[NAME…] [--sizes 10k,1m] [--json PATH]`.
 * @throws {Error} when an option is unknown or has no value
 */
export function readCommand(args: readonly string[]): BenchCommand {
  const { positionals, values } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { sizes: { type: 'string' }, json: { type: 'string' } },
  });
  const sizes = values.sizes?.split(',').map(sizeOf);
  return {
    names: positionals,
    sizes: sizes?.sort((a, b) => a - b) ?? null,
    jsonPath: values.json ?? null,
  };
}
