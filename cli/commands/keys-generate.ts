/** `keys generate`: fresh keys as the settings are written. Opens nothing, keeps nothing. */
import { makeKeys } from '../../provider/development-keys.ts';
import type { Command } from '../command.ts';

/** The command. */
export const keysGenerate: Command = {
  name: 'keys generate',
  summary: 'Print a fresh set of COOKIE_KEYS, SIGNING_KEYS, DATA_KEYS and HASH_KEY, in the form of .env.',
  argument: null,
  options: {},
  note: 'Keep them where the other secrets are. HASH_KEY must never change, and a data key stays in DATA_KEYS as long as\ndata is sealed with it: to rotate, put the new one before the old ones, separated by a comma.',
  read: () => ({
    on: 'nothing',
    run: async (terminal) => {
      const keys = makeKeys(terminal.now());
      // Single quotes: .env files keep what is between them as it is, the JSON of the signing keys too.
      const lines = Object.entries(keys).map(([name, value]) => `${name}='${value}'`);
      return { json: keys, text: lines.join('\n') };
    },
  }),
};
