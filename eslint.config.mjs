// The rules that find mistakes; layout is left to the author. Types are checked by tsc (tsconfig.json).
import js from '@eslint/js';
import globals from 'globals';

const browser = { ...globals.browser, ...globals.worker };

export default [
  { ignores: ['build/**', 'dist/**', 'node_modules/**'] },
  js.configs.recommended,
  {
    rules: {
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'no-eval': 'error',
      'no-implied-eval': 'error',
      'no-new-func': 'error',
      'no-var': 'error',
      'prefer-const': 'error',
      'no-unused-vars': ['error', { args: 'after-used', argsIgnorePattern: '^_', caughtErrors: 'none' }],
      'no-promise-executor-return': 'off',
      'no-await-in-loop': 'off',
      'no-empty': ['error', { allowEmptyCatch: true }],
    },
  },
  { files: ['web/**'], languageOptions: { globals: { ...browser, ...globals.serviceworker } } },
  { files: ['web/worker.js'], languageOptions: { sourceType: 'script' } },
  { files: ['tests/**', 'scripts/**', '*.mjs'], languageOptions: { globals: { ...globals.node, ...browser } } },
];
