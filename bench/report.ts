/** What the measurements share: medians, repetitions in turn, the printed table, the JSON. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { dirname } from 'node:path';

/** The median; NaN of nothing. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

/**
 * Runs each of some works so many times, in turn, each equally often the first.
 * @returns what each gave, in their order
 */
export async function inTurn(
  works: readonly (() => Promise<number>)[],
  { rounds, warmUp = 0 }: { readonly rounds: number; readonly warmUp?: number },
): Promise<readonly (readonly number[])[]> {
  const runs = works.map((work) => ({ work, given: [] as number[] }));
  for (let round = -warmUp; round < rounds; round += 1) {
    const first = (round + warmUp) % runs.length;
    for (const { work, given } of [...runs.slice(first), ...runs.slice(0, first)]) {
      const value = await work();
      if (round >= 0) given.push(value);
    }
  }
  return runs.map(({ given }) => given);
}

/** Milliseconds that a work takes. */
export async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

/** A figure and what it is held to. */
export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** At least or at most so much; absent: told only. */
  readonly goal?: { readonly least?: number; readonly most?: number };
  /** What the value was made of, or where it was taken. */
  readonly note?: string;
}

/** A measurement's outcome. */
export interface Result {
  readonly title: string;
  readonly figures: readonly Figure[];
  /** Everything else that is worth keeping. */
  readonly details?: unknown;
}

function goalWords({ goal = {} }: Figure): string {
  const { least, most } = goal;
  return [...(least === undefined ? [] : [`≥ ${least}`]), ...(most === undefined ? [] : [`≤ ${most}`])].join(
    ' ',
  );
}

/** Whether a figure is what it should be. */
export function holds({ goal = {}, value }: Figure): boolean {
  const { least = Number.NEGATIVE_INFINITY, most = Number.POSITIVE_INFINITY } = goal;
  return value >= least && value <= most;
}

function rounded(value: number): string {
  const size = Math.abs(value);
  return value.toFixed(Number.isInteger(value) || size >= 1_000 ? 0 : size >= 100 ? 1 : size >= 10 ? 2 : 3);
}

/** Prints the figures and writes them as JSON. @returns whether every goal is held */
export function report(name: string, { title, figures, details }: Result, jsonPath: string | null): boolean {
  const rows = figures.map((figure) => [
    figure.name,
    `${rounded(figure.value)} ${figure.unit}`.trim(),
    goalWords(figure),
    figure.goal === undefined ? '' : holds(figure) ? 'held' : 'MISSED',
    figure.note ?? '',
  ]);
  const widths = [0, 1, 2, 3].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  console.log(`${title}   (load ${loadavg()[0]?.toFixed(1)} on ${cpus().length} cores)`);
  for (const row of rows)
    console.log(`  ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('   ')}`.trimEnd());
  console.log('');
  const isHeld = figures.every(holds);
  const path = jsonPath ?? `bench/results/${name}.json`;
  mkdirSync(dirname(path), { recursive: true });
  const machine = { cores: cpus().length, load: loadavg()[0], node: process.version };
  writeFileSync(
    path,
    `${JSON.stringify({ name, at: new Date(), machine, isHeld, title, figures, details }, null, 2)}\n`,
  );
  return isHeld;
}
