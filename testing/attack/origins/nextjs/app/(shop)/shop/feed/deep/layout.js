export { default } from "../../layout";
