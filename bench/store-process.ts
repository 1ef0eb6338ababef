/** A store in a process of its own, so that what it maps into memory is not counted as its user's: prints its URI. */
import { openTestStore } from '../test/store.ts';

const store = await openTestStore();
process.stdout.write(`${store.uri}\n`);
process.stdin.resume().once('end', () => void store.close().then(() => process.exit()));
