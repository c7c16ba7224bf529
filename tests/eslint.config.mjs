// The page's scripts are pieces that Python puts together: a piece names what it takes from another one in a
// /* global ... */ comment, and what it gives in an /* exported ... */ comment.
import globals from "globals";

const fromGradio = { element: "readonly", props: "readonly", server: "readonly", trigger: "readonly", watch: "readonly" };

export default [
  {
    files: ["**/*.js"],
    languageOptions: { sourceType: "script", globals: { ...globals.browser, ...fromGradio } },
    linterOptions: { reportUnusedDisableDirectives: "error" },
    rules: {
      camelcase: ["error", { properties: "never", ignoreDestructuring: true }],
      eqeqeq: "error",
      "no-redeclare": ["error", { builtinGlobals: false }],
      "no-undef": "error",
      "no-unused-vars": "error",
      "no-var": "error",
      "prefer-const": "error",
    },
  },
];
