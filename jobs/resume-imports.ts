/** Takes up imports whose node is gone, each from its chunk on; those that are in hand elsewhere are left alone. */
import type { ImportPorts } from '../security-info/admin/import/import-ports.ts';
import { runAbandonedImports } from '../security-info/admin/import/run-import.ts';
import type { Job } from './job.ts';

/** The job, on these ports. */
export function resumeImports(ports: ImportPorts): Job {
  return {
    name: 'resume-imports',
    hasDryRun: false,
    run: async ({ onProgress, signal }) => {
      let chunks = 0;
      const imports = await runAbandonedImports(ports, signal, () => {
        chunks += 1;
        onProgress({ chunks });
      });
      return { imports, chunks };
    },
  };
}
