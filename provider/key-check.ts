/** Refuses to work on a store with the keys of another deployment: what it wrote could not be read, nor found. */
import type { Connection } from 'mongoose';
import type { DataKeyRing } from '../models/field-encryption.ts';
import { createKeyCanary, type KeyCanary, type KeyVerdict } from '../models/key-canary.ts';
import type { DataKeys } from '../security-info/ports.ts';
import { InvalidSettings, type SettingProblem } from './invalid-settings.ts';

const problems: Readonly<Record<Exclude<KeyVerdict, 'right'>, SettingProblem>> = {
  wrong_hash_key: {
    name: 'HASH_KEY',
    problem: 'is not the one that this store was filled with: nothing that was digested would be found',
    make: 'take that of the deployment that filled the store; it never changes. Or name an empty database',
  },
  wrong_data_keys: {
    name: 'DATA_KEYS',
    problem: 'lacks the key that data in this store is sealed with: it could not be read',
    make: 'add that key of the deployment that filled the store to the list; generate new ones only for an empty database',
  },
};

/**
 * Judges the keys by the store's canary, and leaves one where there is none.
 * @throws {InvalidSettings} `invalid_settings`, naming the setting whose keys are not those of the store
 */
export async function checkKeys(
  connection: Connection,
  keys: DataKeys,
  ring: Pick<DataKeyRing, 'keys'>,
): Promise<KeyCanary> {
  const canary = createKeyCanary(connection, keys, ring);
  const verdict = await canary.plant();
  if (verdict !== 'right') throw new InvalidSettings([problems[verdict]]);
  return canary;
}
