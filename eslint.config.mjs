import reactHooks from 'eslint-plugin-react-hooks';
import tseslint from 'typescript-eslint';

const SPECS = ['**/*.spec.ts', '**/*.spec.tsx', '**/*.fixture.ts', '**/*.fixture.tsx'];
const CORE = ['libs/core/*/src/**/*.ts'];

const NAMES_AND_EXPORTS = [
  { selector: 'TSEnumDeclaration', message: 'Use a union of texts instead of an enum.' },
  { selector: 'TSInterfaceDeclaration[id.name=/^I[A-Z][a-z]/]', message: 'Interfaces have no "I" prefix.' },
  { selector: 'ExportDefaultDeclaration', message: 'Use named exports.' },
];

const RESTRICTED_SYNTAX = [
  ...NAMES_AND_EXPORTS,
  { selector: 'Program > VariableDeclaration > VariableDeclarator[id.type="Identifier"]:not([id.typeAnnotation]) > ArrowFunctionExpression.init', message: 'Write a function declaration.' },
  { selector: 'ExportNamedDeclaration > VariableDeclaration > VariableDeclarator[id.type="Identifier"]:not([id.typeAnnotation]) > ArrowFunctionExpression.init', message: 'Write a function declaration.' },
];

const CLOCKLESS_SYNTAX = [
  { selector: 'NewExpression[callee.name="Date"][arguments.length=0]', message: 'Core has no clock: take `now` as an argument.' },
  { selector: 'MemberExpression[object.name="Date"][property.name="now"]', message: 'Core has no clock: take `now` as an argument.' },
  { selector: 'MemberExpression[object.name="Math"][property.name="random"]', message: 'Core is deterministic: take randomness as an argument.' },
];

const NODE_GLOBALS = ['process', 'Buffer', 'setTimeout', 'setInterval', 'setImmediate', 'fetch', '__dirname', '__filename'];

export default tseslint.config(
  { ignores: ['**/dist/**', '**/node_modules/**', '.nx/**', '**/coverage/**'] },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  {
    files: ['**/*.ts', '**/*.tsx'],
    languageOptions: {
      parser: tseslint.parser,
      parserOptions: {
        project: ['tsconfig.lint.json', 'apps/dashboard/tsconfig.json'],
        tsconfigRootDir: process.cwd(),
      },
    },
    plugins: { '@typescript-eslint': tseslint.plugin },
    rules: {
      '@typescript-eslint/await-thenable': 'error',
      // Leaves files with decorators alone (emitDecoratorMetadata): Nest reads the types of constructor parameters at run time.
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/no-non-null-assertion': 'error',
      '@typescript-eslint/no-unnecessary-type-assertion': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_', ignoreRestSiblings: true }],
      '@typescript-eslint/only-throw-error': 'error',
      '@typescript-eslint/prefer-promise-reject-errors': 'error',
      '@typescript-eslint/return-await': ['error', 'error-handling-correctness-only'],
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
    },
  },
  {
    files: ['**/*.ts', '**/*.tsx', '**/*.mjs'],
    rules: {
      // A switch over a union's cases counts as one: it is a table.
      complexity: ['error', { max: 10, variant: 'modified' }],
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'max-lines': ['error', 300],
      'max-lines-per-function': ['error', { max: 60, skipBlankLines: true, skipComments: true }],
      'max-params': ['error', 4],
      'no-console': 'error',
      'no-constant-condition': ['error', { checkLoops: 'allExceptWhileTrue' }],
      'no-debugger': 'error',
      'no-restricted-syntax': ['error', ...RESTRICTED_SYNTAX],
      'no-var': 'error',
      'prefer-const': 'error',
    },
  },
  {
    files: CORE,
    ignores: SPECS,
    rules: {
      'no-restricted-globals': ['error', ...NODE_GLOBALS.map((name) => ({ name, message: 'Core knows neither Node nor the network.' }))],
      'no-restricted-syntax': ['error', ...RESTRICTED_SYNTAX, ...CLOCKLESS_SYNTAX],
    },
  },
  {
    // A suite is one function as long as its cases; fixtures may be as long as what they describe.
    files: [...SPECS, 'libs/testing/src/**/*.ts'],
    rules: { 'max-lines-per-function': 'off', '@typescript-eslint/no-non-null-assertion': 'off' },
  },
  { files: SPECS, rules: { 'max-lines': ['error', 500], 'no-restricted-syntax': ['error', ...NAMES_AND_EXPORTS] } },
  {
    // `npm test` tells the specs of a folder in one file: a hook of the file would be one of its neighbours too.
    files: ['apps/server/src/**/*.spec.ts'],
    rules: { 'no-restricted-syntax': ['error', ...NAMES_AND_EXPORTS, { selector: 'Program > ExpressionStatement > CallExpression[callee.name=/^(before|after)(All|Each)$/]', message: 'Put hooks into a describe.' }] },
  },
  // What Nest injects is a list of collaborators, not a signature that somebody calls.
  { files: ['apps/*/src/**/*.controller.ts', 'apps/*/src/**/*.processor.ts'], rules: { 'max-params': ['error', 7] } },
  { files: ['**/*.config.mjs', '**/*.preset.mjs', '**/*.config.ts', '.dependency-cruiser.mjs'], rules: { 'no-restricted-syntax': 'off' } },
  { files: ['apps/cli/**', 'tools/**'], rules: { 'no-console': 'off' } },
  { files: ['apps/dashboard/**/*.ts', 'apps/dashboard/**/*.tsx'], plugins: { 'react-hooks': reactHooks }, rules: { 'react-hooks/rules-of-hooks': 'error', 'react-hooks/exhaustive-deps': 'error' } },
);
