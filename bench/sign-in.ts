/**
 * What the prompt costs somebody who owes it nothing: a sign-in with it ÷ one without it, taken in turn in one
 * run, from the authorization request to the tokens. The process is also the browser and the relying party.
 */
import type { Visitor } from '../test/journeys/visitor.ts';
import type { BenchOptions } from './options.ts';
import { type Figure, median, report } from './report.ts';
import { newVisitor, signIn } from './sign-in-client.ts';
import { benchClient, openTwoProviders, type TwoProviders } from './two-providers.ts';

const WARM_UP = 20;
/** Pairs of sign-ins: the one with the prompt first in every other pair. */
const PASSWORD_PAIRS = 150;
const SESSION_PAIRS = 600;
const GOALS = { password: 1.02, session: 1.1, reads: 1 };
const READS = ['find', 'aggregate', 'count'];

interface Sample {
  readonly milliseconds: number;
  readonly cpuMilliseconds: number;
  readonly reads: number;
  readonly commands: number;
}

interface Comparison {
  readonly name: string;
  readonly withPrompt: readonly Sample[];
  readonly without: readonly Sample[];
}

function count(commands: ReadonlyMap<string, number>, kinds?: readonly string[]): number {
  return [...commands].reduce(
    (sum, [name, n]) => sum + (kinds?.includes(name.split(' ')[0] ?? '') === false ? 0 : n),
    0,
  );
}

async function measure(providers: TwoProviders, work: () => Promise<void>): Promise<Sample> {
  const before = providers.commands();
  const cpu = process.cpuUsage();
  const start = performance.now();
  await work();
  const milliseconds = performance.now() - start;
  const used = process.cpuUsage(cpu);
  const after = providers.commands();
  return {
    milliseconds,
    cpuMilliseconds: (used.user + used.system) / 1000,
    reads: count(after, READS) - count(before, READS),
    commands: count(after) - count(before),
  };
}

/** Takes both in turn, changing which is first. @param prepare makes one sign-in at an issuer, outside the clock */
async function compare(
  name: string,
  pairs: number,
  providers: TwoProviders,
  prepare: (issuer: string) => () => Promise<void>,
): Promise<Comparison> {
  const withPrompt: Sample[] = [];
  const without: Sample[] = [];
  for (let pair = -WARM_UP; pair < pairs; pair += 1) {
    const both = [
      { issuer: providers.withPrompt, samples: withPrompt },
      { issuer: providers.without, samples: without },
    ];
    for (const { issuer, samples } of pair % 2 === 0 ? both : both.reverse()) {
      const sample = await measure(providers, prepare(issuer));
      if (pair >= 0) samples.push(sample);
    }
  }
  return { name, withPrompt, without };
}

function figuresOf({ name, withPrompt, without }: Comparison, goal: number): readonly Figure[] {
  const medianOf = (samples: readonly Sample[], figure: keyof Sample): number =>
    median(samples.map((sample) => sample[figure]));
  const ratio = (figure: keyof Sample, digits: number): Pick<Figure, 'value' | 'unit' | 'note'> => {
    const [a, b] = [medianOf(withPrompt, figure), medianOf(without, figure)];
    return { value: a / b, unit: '×', note: `${a.toFixed(digits)} ÷ ${b.toFixed(digits)}` };
  };
  return [
    { name: `${name}: time, ms`, ...ratio('milliseconds', 2), goal: { most: goal } },
    { name: `${name}: CPU, ms`, ...ratio('cpuMilliseconds', 2) },
    { name: `${name}: store operations`, ...ratio('commands', 0) },
    {
      name: `${name}: more reads`,
      value: medianOf(withPrompt, 'reads') - medianOf(without, 'reads'),
      unit: '',
      goal: { most: GOALS.reads },
    },
  ];
}

/** Runs the measurement. @returns whether the goals are held */
export async function benchSignIn({ jsonPath }: BenchOptions): Promise<boolean> {
  const providers = await openTwoProviders();
  try {
    const person = await providers.person();
    const byPassword = await compare('with the password', PASSWORD_PAIRS, providers, (issuer) => {
      const visitor = newVisitor();
      return () => signIn(issuer, visitor, benchClient, person);
    });
    const visitors = new Map<string, Visitor>();
    for (const issuer of [providers.withPrompt, providers.without]) {
      const visitor = newVisitor();
      await signIn(issuer, visitor, benchClient, person);
      visitors.set(issuer, visitor);
    }
    const bySession = await compare('on a live session', SESSION_PAIRS, providers, (issuer) => {
      const visitor = visitors.get(issuer) ?? newVisitor();
      return () => signIn(issuer, visitor, benchClient, null);
    });
    const figures = [...figuresOf(byPassword, GOALS.password), ...figuresOf(bySession, GOALS.session)];
    return report(
      'sign-in',
      { title: 'A sign-in that owes nothing: with the prompt ÷ without it', figures },
      jsonPath,
    );
  } finally {
    await providers.close();
  }
}
