import { parentPort } from 'node:worker_threads';
import { messageOf } from '@sluice/kernel';
import { composeFiles, diffObjects, findRoots } from '@sluice/manifests';
import { parsePipeline } from '@sluice/pipeline';
import { evaluatePolicy, findImages, findSecrets, updateImages } from '@sluice/policy';
import { takeOver } from '@sluice/sync-plan';
import { fromWire, type Reply, type Results, type Work } from './messages.js';

/** Runs in the worker thread: one request at a time, one reply for each. */
function answer(work: Work): Reply {
  try {
    return { ok: true, result: run(work) };
  } catch (error) {
    return { ok: false, message: messageOf(error) };
  }
}

function run(work: Work): Results[keyof Results] {
  switch (work.kind) {
    case 'pipeline':
      return parsePipeline(work.text);
    case 'compose':
      return composeFiles(work.files.map(fromWire));
    case 'diff':
      return diffObjects(work.before, work.after);
    case 'roots':
      return findRoots(work.after);
    case 'policy':
      return evaluatePolicy(work);
    case 'secrets':
      return findSecrets(work.before, work.after);
    case 'images':
      return findImages(work.after);
    case 'update-images':
      return updateImages(work.after, work.wanted);
    case 'take-over':
      return takeOver(work.after, work.captures);
  }
}

// the bytes of composed files are handed over, not copied
function buffersOf(reply: Reply): ArrayBuffer[] {
  if (!reply.ok || !Array.isArray(reply.result)) return [];
  const outcomes = reply.result as Results['compose'] | Results['diff'] | Results['roots'];
  return outcomes.flatMap((outcome) => ('kind' in outcome && outcome.kind === 'write' && outcome.file.bytes.buffer instanceof ArrayBuffer ? [outcome.file.bytes.buffer] : []));
}

parentPort?.on('message', (work: Work) => {
  const reply = answer(work);
  parentPort?.postMessage(reply, buffersOf(reply));
});
