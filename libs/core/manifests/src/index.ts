export * from './model.js';
export { DEFAULT_LIMITS, type DecodeLimits } from './decode/decode-limits.js';
export { decodeDocuments } from './decode/decode-documents.js';
export { ManifestError, type ManifestErrorReason } from './decode/manifest-error.js';
export { formatIdentity, identityOf, kindOf } from './value/identity.js';
export { formatPath, type Path, type PathStep } from './value/path.js';
export { itemLabels, type ListPlace } from './value/map-keys.js';
export { MASKED, printValue, redact } from './value/redact.js';
export { valuesEqual } from './value/values-equal.js';
