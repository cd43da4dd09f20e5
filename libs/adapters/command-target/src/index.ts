export { CommandDriver } from './command-driver.js';
export { CommandTarget, type CommandTargetOptions } from './command-target.js';
export { bareEnvironment } from './process/bare-environment.js';
export { removeFolder } from './process/remove-folder.js';
export { runCommand } from './process/run-command.js';
