/**
 * Marking whom the interval has made due: the job, with no pause between its batches, ÷ one raw `updateMany` with the
 * same filter and the same change on the same store. And a run that finds nothing due.
 */
import { connectStore } from '../models/connection.ts';
import { largeBatch, type Marked, measureMarking } from './marking-runs.ts';
import type { BenchOptions } from './options.ts';
import { sizeWords } from './options.ts';
import { connectPatiently, type MeasuredStore, noMongod, openEmbedded, openMongod } from './real-store.ts';
import { type Figure, report } from './report.ts';

const ownSizes = { mongod: [10_000, 1_000_000], 'embedded store': [10_000] } as const;
const GOALS = { ratio: 0.9, nothingDueMilliseconds: 20 };

function figuresOf(store: string, size: number, marked: Marked): readonly Figure[] {
  const where = `${sizeWords(size)}, ${store}`;
  const perSecond = (milliseconds: number): string => `${Math.round(size / (milliseconds / 1000))}/s`;
  return [
    {
      name: `job ÷ updateMany, ${where}`,
      value: marked.raw / marked.job,
      unit: '×',
      goal: { least: GOALS.ratio },
      note: `of its speed: ${perSecond(marked.job)} ÷ ${perSecond(marked.raw)}`,
    },
    ...(Number.isNaN(marked.large)
      ? []
      : [
          {
            name: `its store in batches of ${largeBatch}, ${where}`,
            value: marked.raw / marked.large,
            unit: '×',
            note: perSecond(marked.large),
          },
        ]),
    {
      name: `nothing due, ${where}`,
      value: marked.nothingDue,
      unit: 'ms',
      goal: { most: GOALS.nothingDueMilliseconds },
    },
    { name: `memory that a run adds, ${where}`, value: marked.addedMemory / 2 ** 20, unit: 'MB' },
  ];
}

async function onDatabase(uri: string, isMongod: boolean, size: number): Promise<Marked> {
  const connection = await connectStore(uri);
  const patient = await connectPatiently(uri);
  try {
    return await measureMarking({ connection, patient, isMongod }, size);
  } finally {
    await patient.db?.dropDatabase();
    await patient.close();
    await connection.close();
  }
}

async function on(
  store: Pick<MeasuredStore, 'kind' | 'database'>,
  sizes: readonly number[],
): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const size of sizes)
    figures.push(
      ...figuresOf(store.kind, size, await onDatabase(store.database(), store.kind === 'mongod', size)),
    );
  return figures;
}

/** Runs the measurement. @returns whether the goals are held */
export async function benchMarking({ sizes, jsonPath }: BenchOptions): Promise<boolean> {
  const figures: Figure[] = [];
  const mongod = await openMongod();
  if (mongod === undefined) console.log(`marking on a mongod: ${noMongod}`);
  else {
    try {
      figures.push(...(await on(mongod, sizes ?? ownSizes.mongod)));
    } finally {
      await mongod.close();
    }
  }
  const embedded = await openEmbedded();
  try {
    // It is for development; an update of more than that at once would keep it from answering.
    const small = (sizes ?? ownSizes['embedded store']).filter((size) => size <= 10_000);
    figures.push(...(await on(embedded, small)));
  } finally {
    await embedded.close();
  }
  return report('marking', { title: 'Marking', figures }, jsonPath);
}
