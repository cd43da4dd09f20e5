export { createCommitSignatures } from './create-commit-signatures.js';
