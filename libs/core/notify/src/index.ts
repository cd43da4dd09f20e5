export { afterFailure, GIVE_UP_AFTER } from './back-off.js';
export { CLOUD_EVENT_CONTENT_TYPE, cloudEventOf, type CloudEvent } from './cloud-event.js';
export { isFailure, namesOf, type EventFacts } from './name-event.js';
export { digestOf, messageId, messageText, messageTitle, noticeOf, type Message, type Notice, type ToldEvent } from './notice.js';
export { routeEvent, type Defaults, type Route, type Routing } from './route-event.js';
