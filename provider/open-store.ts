/** Opens the store of the settings: a MongoDB that is there, or the embedded store of the data directory. */
import { setTimeout as delay } from 'node:timers/promises';
import { type EmbeddedStore, openEmbeddedStore } from '../embedded/open.ts';
import type { Settings } from './config.ts';

const ownershipTries = 40;
const ownershipPauseMilliseconds = 250;

/** `store_in_use`: another server runs on the same data. */
export class StoreInUse extends Error {
  readonly code = 'store_in_use';
  constructor(directory: string) {
    super(
      `Another server runs on the data in ${directory}. Stop it, or set DATA_DIRECTORY to another folder; several servers need MONGODB_URI.`,
    );
    this.name = 'StoreInUse';
  }
}

/**
 * Opens the store.
 * @param mustOwn the embedded store must live in this process, not in one that may end before
 * @throws {StoreHeld} `store_held`
 * @throws {StoreInUse} `store_in_use`, when another process keeps it although this one must own it
 */
export async function openStore(
  { mongodbUri, dataDirectory }: Pick<Settings, 'mongodbUri' | 'dataDirectory'>,
  mustOwn: boolean,
): Promise<Pick<EmbeddedStore, 'uri' | 'close'>> {
  if (mongodbUri !== null) return { uri: mongodbUri, close: async () => {} };
  for (let tries = 0; tries < ownershipTries; tries += 1) {
    const store = await openEmbeddedStore({ directory: dataDirectory });
    if (!mustOwn || store.role === 'owner') return store;
    // A command of the command line has it, and will end in a moment.
    await store.close();
    await delay(ownershipPauseMilliseconds);
  }
  throw new StoreInUse(dataDirectory);
}
