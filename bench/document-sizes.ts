/**
 * `node --import tsx bench/document-sizes.ts`: how large the documents of one person are, after a real registration of
 * three methods and a later sign-in. docs/million-users.md reckons with them.
 */
import { calculateObjectSize } from 'bson';
import { finish, setUpApp, setUpEmail, setUpPhone, signIn } from '../test/journeys/steps.ts';
import { openWorld } from '../test/journeys/world.ts';

const world = await openWorld({ LOG_LEVEL: 'silent' });
try {
  await world.policy({ methods: ['authenticator_app', 'mobile_phone', 'email'] });
  await world.policy({ methodsToRegister: 3 });
  const person = await world.person();
  const { visitor } = await signIn(world, person);
  await setUpEmail(world, visitor, 'somebody@home.example');
  await setUpApp(world, visitor, 'My telephone');
  await setUpPhone(world, visitor, '+33612345678');
  await finish(visitor);
  await signIn(world, person);
  const { connection, ports } = world.deployment.composition;
  while ((await ports.records.drainEvents(null, 100)) > 0);
  const rows = [];
  for (const { name } of await connection.listCollections()) {
    const documents = await connection.collection(name).find().toArray();
    const sizes = documents.map((document) => calculateObjectSize(document)).sort((a, b) => a - b);
    const sum = sizes.reduce((total, size) => total + size, 0);
    if (sizes.length === 0) continue;
    rows.push({
      collection: name,
      documents: sizes.length,
      mean: Math.round(sum / sizes.length),
      largest: sizes.at(-1),
    });
  }
  console.table(rows.sort((a, b) => a.collection.localeCompare(b.collection)));
} finally {
  await world.close();
}
