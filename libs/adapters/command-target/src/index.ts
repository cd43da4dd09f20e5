export { CommandDriver } from './command-driver.js';
export { CommandTarget, type CommandName, type CommandTargetOptions } from './command-target.js';
