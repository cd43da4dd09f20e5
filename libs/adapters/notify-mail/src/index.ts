export { createMailSender, type MailServer } from './create-mail-sender.js';
