/**
 * Runs before each test file: listens to the driver's command monitoring on every connection that the tested
 * code makes and keeps the shapes for records.ts. Production code knows nothing of it.
 */
import mongoose from 'mongoose';
import { afterAll, expect } from 'vitest';
import { keepRecord, testName } from './records.ts';
import { commandShapes } from './shapes.ts';

const { MongoClient } = mongoose.mongo;
const shapes = new Set<string>();
const heard = new WeakSet<object>();
const connect = MongoClient.prototype.connect;

MongoClient.prototype.connect = function connectHeard(this: InstanceType<typeof MongoClient>) {
  if (!heard.has(this)) {
    heard.add(this);
    // Not in the driver's types; the connections that it is about to make read it.
    Object.assign(this, { monitorCommands: true });
    this.on('commandStarted', ({ command }) => {
      for (const shape of commandShapes(command)) shapes.add(shape);
    });
  }
  return connect.call(this);
};

afterAll(() => {
  const { testPath } = expect.getState();
  if (testPath !== undefined) keepRecord(testName(testPath), shapes);
});
