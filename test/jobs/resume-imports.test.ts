/** The job that takes up imports whose node is gone. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { resumeImports } from '../../jobs/resume-imports.ts';
import { createImport } from '../../security-info/admin/import/imports.ts';
import {
  admin,
  fileOf,
  openImports,
  options,
  silent,
  type TestImports,
} from '../security-info/admin/import/open-import.ts';

let world: TestImports;
beforeEach(async () => {
  world = await openImports();
});
afterEach(() => world.models.close());

test('takes up what is left behind, and finds nothing the next time', async () => {
  const take = (user: string) => createImport(world.ports, admin, fileOf(`user\n${user}\n`), options);
  const [{ id: left }, { id: held }] = [await take('ada'), await take('bob')];
  const now = world.models.clock.now();
  const until = new Date(now.getTime() + 60_000);
  await world.ports.imports.claim({ importId: held, holder: 'another' }, now, until);
  const job = resumeImports(world.ports);
  const run = () => job.run({ dryRun: false, onProgress: () => undefined, signal: silent });
  expect(await run()).toMatchObject({ imports: 1 });
  expect(await world.ports.imports.read(left)).toMatchObject({ state: 'done' });
  expect(await world.ports.imports.read(held)).toMatchObject({ state: 'checking' });
  expect(await run()).toEqual({ imports: 0, chunks: 0 });
});
