/** Imports on a real store, with the accounts of this deployment: files as they come in, and what they leave. */
import { createAccountDirectory } from '../../../../provider/account-directory.ts';
import type { ActingAdmin } from '../../../../security-info/admin/acting-admin.ts';
import type {
  ImportJob,
  ImportOptions,
  ImportPorts,
} from '../../../../security-info/admin/import/import-ports.ts';
import { createImport, importProblems } from '../../../../security-info/admin/import/imports.ts';
import { runImport } from '../../../../security-info/admin/import/run-import.ts';
import { defaultPolicy } from '../../../../security-info/policy.ts';
import { openAddress } from '../../../../security-info/sealing.ts';
import { openModels, type TestModels } from '../../../models/open-models.ts';

/** Who imports. */
export const admin: ActingAdmin = {
  ...{ actor: 'admin:root', accountId: 'root', callerAddress: '192.0.2.1', clientId: null, device: null },
};

/** Signals nothing. */
export const silent = new AbortController().signal;

/** What an import is asked for unless told otherwise. */
export const options: ImportOptions = {
  ...{ onErrors: 'skip', checkOnly: false, unknownPeople: 'create', country: null },
};

/** A file in pieces of so many bytes. */
export async function* fileOf(text: string | Uint8Array, piece = 65_536): AsyncGenerator<Uint8Array> {
  const bytes = typeof text === 'string' ? Buffer.from(text) : text;
  for (let at = 0; at < bytes.length; at += piece) yield bytes.subarray(at, at + piece);
}

/** Imports to test. */
export interface TestImports {
  readonly models: TestModels;
  readonly ports: ImportPorts;
  /** The same on another node. */
  anotherNode(): ImportPorts;
  /** Takes a file in and runs it to its end. */
  run(file: string, changes?: Partial<ImportOptions>): Promise<ImportJob>;
  /** `line column code` of everything that is wrong. */
  wrong(job: ImportJob): Promise<string[]>;
  /** The types of the audit log with their methods, in order. */
  audit(): Promise<string[]>;
  /** The methods of a person in clear. */
  methodsOf(loginName: string): Promise<Record<string, string>>;
  count(collection: string): Promise<number>;
}

/** Opens them on an empty store whose policy offers every method. */
export async function openImports(): Promise<TestImports> {
  const models = await openModels();
  const nodeOf = (stores: Omit<ImportPorts, 'directory' | 'clock' | 'keys'>): ImportPorts => ({
    ...stores,
    clock: models.clock,
    keys: models.keys,
    directory: createAccountDirectory(models.connection, {
      ...{ clock: models.clock, keys: models.keys, argon2: { memoryKib: 64, passes: 1 } },
      ownEmailDomains: ['work.example'],
    }),
  });
  const ports = nodeOf(models);
  const methods = ['authenticator_app', 'mobile_phone', 'alternate_phone', 'office_phone', 'email'] as const;
  await models.policies.save({ ...defaultPolicy(), methods: [...methods] }, 0, []);
  return {
    models,
    ports,
    anotherNode: () => nodeOf(models.anotherNode()),
    async run(file, changes = {}) {
      const { id } = await createImport(ports, admin, fileOf(file), { ...options, ...changes });
      return runImport(ports, id, silent);
    },
    async wrong({ id }) {
      const { items } = await importProblems(ports, id, { cursor: null, limit: 1_000 });
      return items.map(({ line, column, code }) => [line, column ?? '-', code].join(' '));
    },
    async audit() {
      const found = await models.connection.collection('audit_events').find().toArray();
      return found.map((event) => [event['type'], event['methodType'] ?? ''].join(' ').trim()).sort();
    },
    async methodsOf(loginName) {
      const account = await ports.directory.findByLoginName(loginName);
      if (account === undefined) throw new Error(`there is no ${loginName}`);
      const record = await ports.records.read(account.id);
      return Object.fromEntries(
        record.methods.map((method) => [method.type, openAddress(models.keys, account.id, method) ?? '']),
      );
    },
    count: (collection) => models.connection.collection(collection).countDocuments({}),
  };
}
