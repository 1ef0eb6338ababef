/** The store operations of one sign-in by collection and kind: with the password, and on a live session. */
import type { BenchOptions } from './options.ts';
import { type Figure, report } from './report.ts';
import { newVisitor, signIn } from './sign-in-client.ts';
import { benchClient, openTwoProviders, type TwoProviders } from './two-providers.ts';

/** A bare provider with a plain adapter makes 18 and 11. */
const GOALS = { fresh: 15, session: 8 };

/** How often each kind of operation was made on each collection, by `kind collection`. */
export type Operations = Readonly<Record<string, number>>;

/** How many there are. */
export function total(operations: Operations): number {
  return Object.values(operations).reduce((sum, count) => sum + count, 0);
}

function difference(before: ReadonlyMap<string, number>, after: ReadonlyMap<string, number>): Operations {
  return Object.fromEntries(
    [...after].flatMap(([name, count]) => {
      const more = count - (before.get(name) ?? 0);
      return more === 0 ? [] : [[name, more]];
    }),
  );
}

/** Signs somebody in with the password, and again in the same browser. @returns what each asked of the store */
export async function countOperations(
  providers: TwoProviders,
): Promise<{ readonly fresh: Operations; readonly session: Operations }> {
  const person = await providers.person();
  const counted = async (work: () => Promise<void>): Promise<Operations> => {
    const before = providers.commands();
    await work();
    return difference(before, providers.commands());
  };
  const issuer = providers.withPrompt;
  // The first reads the client and the policies, which then are known for some seconds.
  await signIn(issuer, newVisitor(), benchClient, person);
  const visitor = newVisitor();
  return {
    fresh: await counted(() => signIn(issuer, visitor, benchClient, person)),
    session: await counted(() => signIn(issuer, visitor, benchClient, null)),
  };
}

/** Runs the measurement. @returns whether the goals are held */
export async function benchOperations({ jsonPath }: BenchOptions): Promise<boolean> {
  const providers = await openTwoProviders();
  try {
    const { fresh, session } = await countOperations(providers);
    const kinds = [...new Set([...Object.keys(fresh), ...Object.keys(session)])].sort((one, other) =>
      one.split(' ').reverse().join().localeCompare(other.split(' ').reverse().join()),
    );
    const figures: readonly Figure[] = [
      { name: 'with the password', value: total(fresh), unit: '', goal: { most: GOALS.fresh } },
      { name: 'on a live session', value: total(session), unit: '', goal: { most: GOALS.session } },
      ...kinds.map((kind) => ({
        name: `  ${kind}`,
        value: fresh[kind] ?? 0,
        unit: '',
        note: `${session[kind] ?? 0} on a live session`,
      })),
    ];
    const title = 'Store operations of a sign-in';
    return report('operations', { title, figures, details: { fresh, session } }, jsonPath);
  } finally {
    await providers.close();
  }
}
