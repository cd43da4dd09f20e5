import { spawn } from 'node:child_process';

/** Runs a program to its end with our standard streams; it ends when we are told to, and nothing follows it. @returns {Promise<number>} its exit code */
export function run(program, args, options = {}) {
  return ended(spawn(program, args, { stdio: 'inherit', ...options }), program);
}

/** Like {@link run}, quietly: what it wrote comes back with the code. */
export async function runQuietly(program, args, options = {}) {
  const child = spawn(program, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
  const chunks = [];
  child.stdout.on('data', (chunk) => chunks.push(chunk));
  child.stderr.on('data', (chunk) => chunks.push(chunk));
  const code = await ended(child, program);
  return { code, output: Buffer.concat(chunks).toString() };
}

function ended(child, program) {
  return new Promise((resolve, reject) => {
    const end = () => {
      child.kill('SIGTERM');
      reject(new Error(`Ended while ${program} was running.`));
    };
    process.once('SIGTERM', end);
    child.once('error', (error) => {
      process.off('SIGTERM', end);
      reject(error.code === 'ENOENT' ? new Error(`${program} is not installed, or not on the PATH`) : error);
    });
    child.once('close', (code, signal) => {
      process.off('SIGTERM', end);
      resolve(code ?? (signal ? 1 : 0));
    });
  });
}

/** One line for each step, with the time it took. @returns what the step returns */
export async function step(title, work) {
  const started = Date.now();
  process.stdout.write(`${title} ...\n`);
  const result = await work();
  process.stdout.write(`${title}: done in ${((Date.now() - started) / 1000).toFixed(1)} s\n`);
  return result;
}
