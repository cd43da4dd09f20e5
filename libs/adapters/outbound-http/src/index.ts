export { createGateQuestions } from './create-gate-questions.js';
export { createOutboundHttp, type ClosableOutboundHttp } from './create-outbound-http.js';
