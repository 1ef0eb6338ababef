/** How many rows of an import are checked and applied in a second, and that memory stays flat: 100,000 people. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { openComposition } from '../provider/composition.ts';
import { readSettings } from '../provider/config.ts';
import { atCommandLine } from '../security-info/admin/acting-admin.ts';
import { exportPeople } from '../security-info/admin/import/export-people.ts';
import type { ImportJob, ImportPorts } from '../security-info/admin/import/import-ports.ts';
import { createImport } from '../security-info/admin/import/imports.ts';
import { runImport } from '../security-info/admin/import/run-import.ts';

const ROWS = Number(process.env['ROWS'] ?? 100_000);
/** Above what the process holds before it begins, in megabytes. */
const GOAL_MEGABYTES = 250;
const SAMPLE_MILLISECONDS = 100;
const resultPath = 'bench/results/import.json';

/** Synthetic people, none of whom anybody has typed. */
async function* file(): AsyncGenerator<Uint8Array> {
  yield Buffer.from('user,displayName,mailbox,groups,mobilePhone\n');
  for (let start = 0; start < ROWS; start += 500) {
    const rows = Array.from({ length: Math.min(500, ROWS - start) }, (_, place) => {
      const n = start + place;
      return `bench${n},"Person, ${n}",bench${n}@bench.example,all;g${n % 50},+336${String(12_000_000 + n)}\n`;
    });
    yield Buffer.from(rows.join(''));
  }
}

function megabytes(): number {
  return Math.round(process.memoryUsage().rss / 1_048_576);
}

/** The measured program: a deployment without its server, on a store of another process. */
async function openDeployment() {
  const program = fileURLToPath(new URL('store-process.ts', import.meta.url));
  const child = spawn(process.execPath, ['--import', 'tsx', program], { stdio: ['pipe', 'pipe', 'inherit'] });
  const [uri] = await once(child.stdout, 'data');
  const composition = await openComposition(
    readSettings({ NODE_ENV: 'test', MONGODB_URI: String(uri).trim(), LOG_LEVEL: 'silent' }),
  );
  const { policies } = composition.ports;
  const { defaultPolicy } = await policies.latest();
  const methods = [...defaultPolicy.methods, 'mobile_phone' as const];
  await policies.save({ ...defaultPolicy, methods: [...new Set(methods)] }, defaultPolicy.version, []);
  return {
    composition,
    close: async () => {
      await composition.close();
      child.stdin.end();
      await once(child, 'exit');
    },
  };
}

/** Runs the measurement. @returns whether the goal is held */
export async function benchImport(): Promise<boolean> {
  const { composition, close } = await openDeployment();
  const { ports, directory, imports } = composition;
  const parts: ImportPorts = { ...ports, directory, imports };
  const before = megabytes();
  let peak = before;
  let wasTold = 0;
  const sampler = setInterval(() => {
    peak = Math.max(peak, megabytes());
  }, SAMPLE_MILLISECONDS);
  const seconds: Record<string, number> = {};
  const timed = async <Result>(name: string, work: () => Promise<Result>): Promise<Result> => {
    const start = performance.now();
    const result = await work();
    const taken = (performance.now() - start) / 1000;
    seconds[name] = taken;
    console.log(
      `  ${name.padEnd(24)}${taken.toFixed(1).padStart(8)} s${Math.round(ROWS / taken)
        .toString()
        .padStart(8)} rows/s   peak ${peak} MB`,
    );
    return result;
  };
  console.log(`Import of ${ROWS} people with a number each   (${before} MB before)`);
  try {
    const options = { onErrors: 'stop', checkOnly: false, unknownPeople: 'create', country: null } as const;
    const signal = new AbortController().signal;
    const take = () => createImport(parts, atCommandLine, file(), options);
    const tell = ({ state, counts }: ImportJob): void => {
      if (Date.now() - wasTold < 30_000) return;
      wasTold = Date.now();
      console.log(`    ${state}: ${counts.checked} checked, ${counts.created} created, ${megabytes()} MB`);
    };
    const first = await timed('received', take);
    const job = await timed('checked and applied', () => runImport(parts, first.id, signal, tell));
    const again = await take();
    const same = await timed('the same again', () => runImport(parts, again.id, signal));
    await timed('exported', async () => {
      for await (const _ of exportPeople(parts, atCommandLine));
    });
    const isRight = job.counts.created === ROWS && same.counts.unchanged === ROWS;
    const holds = isRight && peak - before <= GOAL_MEGABYTES;
    console.log(
      `  goal: at most ${GOAL_MEGABYTES} MB more than before: ${holds ? 'held' : 'MISSED'} (${peak - before} MB)\n`,
    );
    mkdirSync('bench/results', { recursive: true });
    const result = { rows: ROWS, seconds, megabytesBefore: before, megabytesPeak: peak, holds };
    writeFileSync(resultPath, `${JSON.stringify(result, null, 2)}\n`);
    return holds;
  } finally {
    clearInterval(sampler);
    await close();
  }
}
