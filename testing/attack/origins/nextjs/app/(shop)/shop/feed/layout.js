export { default } from "../layout";
