import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

// `vite` alone serves the sources with a running server behind it: SLUICE_URL=http://127.0.0.1:7420
const server = process.env['SLUICE_URL'] ?? 'http://127.0.0.1:7420';

export default defineConfig({
  plugins: [react()],
  build: { outDir: 'dist', emptyOutDir: true, sourcemap: false, assetsInlineLimit: 0, modulePreload: { polyfill: false } },
  server: { proxy: { '/api': { target: server } } },
});
