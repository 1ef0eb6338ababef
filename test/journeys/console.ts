/** Coming into the console in a journey: an admin signs in and proves the authenticator app. */
import { typePassword } from './steps.ts';
import type { Visitor } from './visitor.ts';
import { appCode, type Person, type World } from './world.ts';

/** Two methods that an admin has had for a while. */
export const adminMethods = [
  { type: 'authenticator_app', verifiedDaysAgo: 10 },
  { type: 'email', verifiedDaysAgo: 10 },
] as const;

/** An admin who can enter. */
export function createAdmin(world: World): Promise<Person> {
  return world.person({ methods: adminMethods, isAdmin: true });
}

/** Proves the authenticator app on the page that asks for a proof. */
export async function proveApp(world: World, person: Person, visitor: Visitor): Promise<void> {
  const { methods } = await world.deployment.composition.ports.records.read(person.account.id);
  const app = methods.find(({ type }) => type === 'authenticator_app');
  await visitor.follow(`/methods/${app?.id ?? ''}/prove?next=admin`);
  await visitor.submit('/prove', { code: appCode(person.secrets[0] ?? '', world.clock.now()) });
}

/** Signs in, proves, and is at the console. */
export async function enterConsole(
  world: World,
  person: Person,
  path = '/admin/',
  visitor: Visitor = world.visitor(),
): Promise<Visitor> {
  await visitor.open(`${world.issuer}${path}`);
  await typePassword({ visitor }, person);
  await proveApp(world, person, visitor);
  return visitor;
}
