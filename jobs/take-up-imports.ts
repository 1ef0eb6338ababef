/** Takes up the imports that another process has left behind, so that one outlives the node that it ran on. */
import type { ImportPorts } from '../security-info/admin/import/import-ports.ts';
import { runAbandonedImports } from '../security-info/admin/import/run-import.ts';
import type { Job } from './job.ts';

/** The job, on these stores. Running an import is resumable, chunk by chunk, and one node's at a time. */
export function takeUpImports(ports: ImportPorts): Job {
  return {
    name: 'import',
    hasDryRun: false,
    run: async ({ onProgress, signal }) => {
      const imports = await runAbandonedImports(ports, signal, () => onProgress({ imports: 0 }));
      return { imports };
    },
  };
}
