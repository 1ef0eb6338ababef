/** What a sign-in asks of the store: each operation is the driver's and the server's time, at every sign-in. */
import { expect, test } from 'vitest';
import { countOperations, total } from '../../bench/operations.ts';
import { openTwoProviders } from '../../bench/two-providers.ts';

test('a sign-in makes no more operations on the store than it has to', async () => {
  const providers = await openTwoProviders();
  try {
    const { fresh, session } = await countOperations(providers);
    expect(total(fresh), JSON.stringify(fresh)).toBeLessThanOrEqual(16);
    expect(total(session), JSON.stringify(session)).toBeLessThanOrEqual(6);
  } finally {
    await providers.close();
  }
});
