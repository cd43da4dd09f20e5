export { createCheckedFetch, type CheckedFetch } from './create-checked-fetch.js';
export { createGateQuestions } from './create-gate-questions.js';
export { createOutboundHttp, type ClosableOutboundHttp } from './create-outbound-http.js';
