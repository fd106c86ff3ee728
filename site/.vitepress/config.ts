import { defineConfig } from 'vitepress';
import { GROUPS } from '../pages';

const sidebar = GROUPS.map(({ text, items }) => ({
  text,
  items: items.map((item) => ({ text: item.text, link: `/${item.page.replace(/index$/, '')}` })),
}));

export default defineConfig({
  title: 'bucketsync',
  description: 'Mirrors one S3 bucket into another',
  srcDir: 'content',
  cacheDir: '../node_modules/.cache/vitepress',
  cleanUrls: true,
  // a link that leads nowhere fails the build
  ignoreDeadLinks: false,
  themeConfig: {
    search: { provider: 'local' },
    sidebar,
    outline: [2, 3],
    nav: [
      { text: 'Begin', link: '/quick-start/site-owner' },
      { text: 'Commands', link: '/reference/commands' },
      { text: 'Errors', link: '/runbook' },
    ],
  },
});
