/** Run as a process of its own by durability.test.ts: writes without end and tells of every answered write. */
import mongoose from 'mongoose';
import { openEmbeddedStore } from '../../embedded/open.ts';

const [directory = '', run = ''] = process.argv.slice(2);
const store = await openEmbeddedStore({ directory });
const client = new mongoose.mongo.MongoClient(store.uri, { writeConcern: { w: 'majority', journal: true } });
const collection = client.db().collection<{ _id: string; n: number; key: string; twin: string }>('load');
await collection.createIndex({ key: 1 }, { unique: true });
await collection.createIndex({ n: -1 });
process.stdout.write('ready\n');

/** One of several lines of writes, each of which waits for its own answers. */
async function write(line: number): Promise<never> {
  for (let n = 0; ; n += 1) {
    const _id = `${run}.${line}.${n}`;
    await collection.insertOne({ _id, n, key: `k${_id}`, twin: `k${_id}` });
    process.stdout.write(`+ ${_id}\n`);
    if (n % 3 !== 0) continue;
    await collection.updateOne({ _id }, { $set: { key: `u${_id}`, twin: `u${_id}` } });
    process.stdout.write(`u ${_id}\n`);
    if (n % 6 !== 0) continue;
    await collection.deleteOne({ _id });
    process.stdout.write(`- ${_id}\n`);
  }
}

await Promise.all(Array.from({ length: 16 }, (_, line) => write(line)));
