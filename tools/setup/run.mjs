import { spawn } from 'node:child_process';

/** Runs a program to its end with our standard streams; it ends when we are told to, and nothing follows it. @returns {Promise<number>} its exit code */
export function run(program, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: 'inherit', ...options });
    const end = () => {
      child.kill('SIGTERM');
      reject(new Error(`Ended while ${program} was running.`));
    };
    process.once('SIGTERM', end);
    child.once('error', reject);
    child.once('close', (code, signal) => {
      process.off('SIGTERM', end);
      resolve(code ?? (signal ? 1 : 0));
    });
  });
}

/** Like {@link run}, quietly: what it wrote comes back with the code. */
export function runQuietly(program, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
    const chunks = [];
    child.stdout.on('data', (chunk) => chunks.push(chunk));
    child.stderr.on('data', (chunk) => chunks.push(chunk));
    child.once('error', reject);
    child.once('close', (code) => resolve({ code: code ?? 1, output: Buffer.concat(chunks).toString() }));
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
